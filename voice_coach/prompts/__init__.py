"""The content that people edit: the only reader of the top-level ``prompts/`` folder.

Files are TOML, filled into the types of :mod:`voice_coach.core.content`. Every complaint is a PromptError of one
line that names file, line and key.
"""
