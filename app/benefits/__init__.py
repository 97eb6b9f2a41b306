"""What a person is due for a month, and why: groups, dated rates, pure rules, reasons in words."""
