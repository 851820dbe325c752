"""The pure core: values in, values out. No thread, clock, file or third party but NumPy is imported here."""
