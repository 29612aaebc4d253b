"""Names that may stand where the grammar has a placeholder, each with its help.

`placeholders.py` reads them: of some kinds one name stands in a line, of others several.
"""

from __future__ import annotations

from collections.abc import Mapping

# Severities of log messages, by number. # source: logging-levels
SEVERITIES: Mapping[str, str] = {
    "emergencies": "System is unusable                (severity=0)",
    "alerts": "Immediate action needed           (severity=1)",
    "critical": "Critical conditions               (severity=2)",
    "errors": "Error conditions                  (severity=3)",
    "warnings": "Warning conditions                (severity=4)",
    "notifications": "Normal but significant conditions (severity=5)",
    "informational": "Informational messages            (severity=6)",
    "debugging": "Debugging messages                (severity=7)",
}

MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)

# source: call-home-config
ALERT_SEVERITIES: Mapping[str, str] = {
    "catastrophic": "Catastrophic event (severity 9)",
    "critical": "Critical event (severity 6)",
    "debugging": "Debugging event (severity 0)",
    "disaster": "Disaster event (severity 8)",
    "fatal": "Fatal event (severity 7)",
    "major": "Major event (severity 5)",
    "minor": "Minor event (severity 4)",
    "normal": "Normal event (severity 1)",
    "notification": "Notification event (severity 2)",
    "warning": "Warning event (severity 3)",
}
WEEKDAYS: Mapping[str, str] = {
    day.lower(): day
    for day in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
}

# Algorithms of the SSH server, in the order of the published model. # source: ssh-algorithms
# assumed: their help
SSH_CIPHERS: Mapping[str, str] = {
    "aes128-cbc": "AES, 128 bits, CBC",
    "aes128-gcm": "AES, 128 bits, GCM",
    "aes256-gcm": "AES, 256 bits, GCM",
    "aes192-cbc": "AES, 192 bits, CBC",
    "aes256-cbc": "AES, 256 bits, CBC",
    "aes128-ctr": "AES, 128 bits, CTR",
    "aes192-ctr": "AES, 192 bits, CTR",
    "aes256-ctr": "AES, 256 bits, CTR",
    "chacha20-poly1305@openssh.com": "ChaCha20 with Poly1305",
    "aes128-gcm@openssh.com": "AES, 128 bits, GCM as in OpenSSH",
    "aes256-gcm@openssh.com": "AES, 256 bits, GCM as in OpenSSH",
    "3des-cbc": "Triple DES, CBC",
}
SSH_MACS: Mapping[str, str] = {
    "hmac-sha1": "SHA1, 160 bits",
    "hmac-sha2-256": "SHA2, 256 bits",
    "hmac-sha2-256-etm@openssh.com": "SHA2, 256 bits, of the encrypted text",
    "hmac-sha2-512": "SHA2, 512 bits",
    "hmac-sha2-512-etm@openssh.com": "SHA2, 512 bits, of the encrypted text",
}
SSH_KEX: Mapping[str, str] = {
    "curve25519-sha256": "Curve 25519",
    "curve25519-sha256@libssh.org": "Curve 25519, by its older name",
    "diffie-hellman-group14-sha1": "Group 14 with SHA1",
    "diffie-hellman-group14-sha256": "Group 14 with SHA256",
    "diffie-hellman-group16-sha512": "Group 16 with SHA512",
    "ecdh-sha2-nistp256": "Curve P-256",
    "ecdh-sha2-nistp384": "Curve P-384",
    "ecdh-sha2-nistp521": "Curve P-521",
}
SSH_HOST_KEYS: Mapping[str, str] = {
    "rsa-sha2-256": "RSA with SHA2, 256 bits",
    "rsa-sha2-512": "RSA with SHA2, 512 bits",
    "ssh-rsa": "RSA with SHA1",
    "ecdsa-sha2-nistp256": "ECDSA, curve P-256",
    "ecdsa-sha2-nistp384": "ECDSA, curve P-384",
    "ecdsa-sha2-nistp521": "ECDSA, curve P-521",
}
# Cipher suites of the HTTP server. # source: native-shape # assumed: their help
TLS_SUITES: Mapping[str, str] = {
    "aes-128-cbc-sha": "RSA, AES 128 CBC, SHA1",
    "aes-256-cbc-sha": "RSA, AES 256 CBC, SHA1",
    "dhe-aes-cbc-sha2": "DHE with RSA, AES CBC, SHA2",
    "dhe-aes-gcm-sha2": "DHE with RSA, AES GCM, SHA2",
    "ecdhe-ecdsa-aes-gcm-sha2": "ECDHE with ECDSA, AES GCM, SHA2",
    "ecdhe-rsa-aes-128-cbc-sha": "ECDHE with RSA, AES 128 CBC, SHA1",
    "ecdhe-rsa-aes-cbc-sha2": "ECDHE with RSA, AES CBC, SHA2",
    "ecdhe-rsa-aes-gcm-sha2": "ECDHE with RSA, AES GCM, SHA2",
    "rsa-aes-cbc-sha2": "RSA, AES CBC, SHA2",
    "rsa-aes-gcm-sha2": "RSA, AES GCM, SHA2",
    "tls13-aes128-gcm-sha256": "TLS 1.3, AES 128 GCM",
    "tls13-aes256-gcm-sha384": "TLS 1.3, AES 256 GCM",
    "tls13-chacha20-poly1305-sha256": "TLS 1.3, ChaCha20 with Poly1305",
}
