"""voice-coach: spoken rehearsals for backend system-design interviews."""

__version__ = "0.1.0"
