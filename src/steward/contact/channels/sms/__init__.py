"""Text messages: in by a signed webhook, out as an adapter of delivery, and words by which people end them."""
