"""Couriers: whole files to and from a provider, over SFTP or a folder, never by halves.

Both keep the same layout at the provider, under names that each bank chooses: `in/` takes what we
deliver, `out/` holds what waits for us, `out/archive/` what we have safely stored.
"""
