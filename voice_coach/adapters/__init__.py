"""One engine, device or store per module: its types and errors translated, nothing decided."""
