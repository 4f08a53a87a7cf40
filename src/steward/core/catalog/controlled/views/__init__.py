from .documents import act as document_act
from .documents import document, document_list, document_new
from .reading import confirm, reading
from .releases import act as release_act
from .releases import release, release_list, release_new

__all__ = [
    "confirm",
    "document",
    "document_act",
    "document_list",
    "document_new",
    "reading",
    "release",
    "release_act",
    "release_list",
    "release_new",
]
