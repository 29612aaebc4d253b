"""Smart Licensing before the policy: registration, authorization, evaluation."""
