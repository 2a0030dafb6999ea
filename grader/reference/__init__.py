"""The reference implementations, one module per lesson."""
