"""Pure codecs: bytes of a bank format to values and back, streaming, without the network."""
