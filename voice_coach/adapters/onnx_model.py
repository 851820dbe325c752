"""Small models on onnxruntime, one thread each: they run beside a recogniser that takes what is left."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from voice_coach.core.errors import EngineError

if TYPE_CHECKING:
    from pathlib import Path


def load_onnx(path: Path, what: str) -> Any:  # noqa: ANN401 - onnxruntime has no type stubs
    """The model at *path*, ready to run; *what* names it where that fails. Raises EngineError."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.inter_op_num_threads = 1
    options.intra_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    options.log_severity_level = 4
    try:
        return onnxruntime.InferenceSession(
            str(path), providers=["CPUExecutionProvider"], sess_options=options
        )
    except Exception as failure:  # onnxruntime's own exceptions have no common base but this one
        message = f"{what} {path} cannot be loaded: {failure}"
        raise EngineError(message) from failure
