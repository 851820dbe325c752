"""Build hook: the files that people edit at the root travel inside the wheel as ``voice_coach/_data``."""

from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

_DATA = ("config.toml", "models.lock", "prompts")


class WheelData(BuildHookInterface):  # type: ignore[type-arg]  # the parameter is a builder's private type
    # build_data is the build back end's own untyped table.
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the files, unless this is an editable install, which reads the originals."""
        if version == "standard":
            build_data["force_include"].update({name: f"voice_coach/_data/{name}" for name in _DATA})
