"""Everything that can go wrong on purpose.

::

    CoachError
    ├── ConfigError          a configuration file or option is wrong             (exit status 2)
    ├── PromptError          a file under prompts/ is wrong                      (exit status 2)
    ├── InputError           a file or name that the user gave is wrong          (exit status 2)
    ├── AudioDeviceError     a microphone or loudspeaker failed                  (exit status 3)
    ├── StorageError         a disk or folder failed                             (exit status 3)
    └── EngineError          a model, voice or endpoint failed                   (exit status 3)
        ├── SpeechToTextError
        ├── TextToSpeechError
        └── LanguageModelError

A message is one line: it names the thing, the value and the mend.
"""

from __future__ import annotations


class CoachError(Exception):
    """Any failure that the program explains in one line."""


class ConfigError(CoachError):
    """A configuration file or command-line option cannot be used."""


class PromptError(CoachError):
    """A content file under ``prompts/`` cannot be used."""


class InputError(CoachError):
    """A file, question or name given by the user cannot be used."""


class AudioDeviceError(CoachError):
    """A microphone or loudspeaker is missing, busy or has failed."""


class StorageError(CoachError):
    """A file or folder cannot be read or written."""


class EngineError(CoachError):
    """A model, voice or endpoint cannot be loaded or has failed."""


class SpeechToTextError(EngineError):
    """Transcription failed."""


class TextToSpeechError(EngineError):
    """A voice could not speak."""


class LanguageModelError(EngineError):
    """A language model gave nothing that can be used. The message never holds what was sent or came back."""

    def __init__(self, kind: str, message: str, *, is_final: bool = False, received: int | None = 0) -> None:
        """*kind*: the same for all failures that are told once. *is_final*: there is no use in trying again.
        *received*: how many tokens were written that have to be paid for; None: nobody knows, thoughts that are not
        sent may be among them.
        """
        super().__init__(message)
        self.kind = kind
        self.is_final = is_final
        self.received = received
