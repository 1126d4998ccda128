"""Text messages and mail: an outbox written with the act, delivered soon after it."""
