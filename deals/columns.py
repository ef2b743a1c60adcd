"""What the client list may show of deals, as lookups from a client; the list finds them by dotted path."""

CONTACT_DUE = "contact_state__due_on"  # the next conversation; empty when nobody ever talked to the client
CONTACT_KNOWN = "contact_state__client_id"  # empty until the night has met the client
