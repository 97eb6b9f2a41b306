"""The demo: a province's months on a clock of its own, by the same jobs as every day."""
