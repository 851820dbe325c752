"""A session's report: plain data in, one HTML page out. Nothing is read here but the page's own style and script."""
