"""Who acts. There is no anonymous write: a missing user never means "allowed", a machine acts under its own name."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

ActorKind = Literal["staff", "customer", "system", "policy", "import"]
ACTOR_KINDS: tuple[ActorKind, ...] = ("staff", "customer", "system", "policy", "import")


@dataclass(frozen=True, slots=True)
class Actor:
    """The doer of an operation.

    ref: a stable identifier: the user's public id for staff, the customer's public id, a code such as `clock` for the others.
    user: the signed-in User for staff and for an import somebody started; None otherwise.
    request: the identifier of the HTTP request or job, to tie entries of one click together.
    """

    kind: ActorKind
    ref: str
    user: Any = None
    on_behalf_of: str = ""
    purpose: str = ""
    request: str = ""

    def __post_init__(self) -> None:
        if self.kind not in ACTOR_KINDS:
            raise ValueError(f"Actor kind {self.kind!r} is none of {', '.join(ACTOR_KINDS)}.")
        if not self.ref:
            raise ValueError("An actor needs a reference.")
        if self.kind == "staff" and self.user is None:
            raise ValueError("A staff actor needs its user.")

    @classmethod
    def staff(cls, user: Any, *, request: str = "", purpose: str = "") -> Actor:
        return cls("staff", str(user.public_id), user=user, request=request, purpose=purpose)

    @classmethod
    def customer(cls, public_id: object, *, request: str = "") -> Actor:
        return cls("customer", str(public_id), request=request)

    @classmethod
    def system(cls, name: str) -> Actor:
        return cls("system", name)

    @classmethod
    def policy(cls, name: str) -> Actor:
        return cls("policy", name)

    @classmethod
    def importer(cls, source: str, user: Any = None) -> Actor:
        return cls("import", source, user=user)

    def with_purpose(self, purpose: str) -> Actor:
        return replace(self, purpose=purpose)

    @property
    def is_machine(self) -> bool:
        return self.kind in ("system", "policy", "import")
