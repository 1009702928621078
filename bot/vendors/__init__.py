"""The one client each of Twilio and LINE, on their own SDKs: timeouts, signatures, errors sorted. No policy."""
