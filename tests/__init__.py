"""Tests of An Sinh. A folder mirrors each room; flows/ walks through many, house/ guards the rules."""
