from accounts.admin import accounts, attempts, consents, erasures, sign_on

__all__ = ["accounts", "attempts", "consents", "erasures", "sign_on"]
