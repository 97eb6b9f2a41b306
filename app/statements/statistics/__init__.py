"""The half-yearly statistics of Decree 20/2021/ND-CP, of a commune or of the province."""
