"""Calls from providers and message gateways: words of those are kept, all else turned away."""
