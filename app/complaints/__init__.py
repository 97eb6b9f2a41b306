"""Complaints and feedback of people, from the day they are said to their answer and closure."""
