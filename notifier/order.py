"""What the operator asked of one run, frozen (the options of `notify send`, contract §7)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Order:
    """How to send."""

    connections: int = 4
    limit: int | None = None
    rate: float | None = None
    retry_after: float = 300.0
    max_attempts: int = 12
    lease: float = 60.0
    resend: bool = False
    only: str | None = None
