"""The 32 flags, in the order of the network's outputs (the engine's `Flag::ALL`)."""

FLAGS = """
minor_safety trafficking_coercion non_consent self_harm violence extortion doxxing stalking extremism
harassment hate profanity sexual_explicit sexual_harassment prohibited_sexual impersonation
scam phishing spam off_platform_payment off_platform_contact solicitation drugs weapons
phone_number email_address external_link social_handle financial_account government_id
physical_address obfuscation
""".split()

CRITICAL = FLAGS[:9]
STRUCTURAL = FLAGS[24:]
INDEX = {flag: place for place, flag in enumerate(FLAGS)}
