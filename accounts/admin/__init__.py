from accounts.admin import accounts, attempts

__all__ = ["accounts", "attempts"]
