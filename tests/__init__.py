"""Tests of An Sinh: a folder mirrors each room, flows/ walks, house/ guards the rules."""
