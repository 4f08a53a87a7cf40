"""Words by which people end messages, in the languages they write: what a new provider begins with."""

from __future__ import annotations

STOP = ["退订", "退訂", "取消", "TD", "T", "STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT"]
