"""Live chat: a conversation on a page of the organisation's own web site. `docs/concepts/chat.md`."""
