"""Who speaks when: talk, silence and talking over each other in a two-channel recording. See ``docs/algorithms/audio.md``.

``read_wav`` reads a recording, ``analyse`` measures it; ``conversation`` makes one whose truth is known. What is said is never looked at.
"""

from steward.science.audio.conversation import Conversation, conversation
from steward.science.audio.speech import Speaking, speech_of
from steward.science.audio.talk import Analysis, Channel, Pause, Stretch, analyse
from steward.science.audio.wav import Recording, read_wav
from steward.science.guards import NoData, NotANumber

__all__ = [
    "Analysis",
    "Channel",
    "Conversation",
    "NoData",
    "NotANumber",
    "Pause",
    "Recording",
    "Speaking",
    "Stretch",
    "analyse",
    "conversation",
    "read_wav",
    "speech_of",
]
