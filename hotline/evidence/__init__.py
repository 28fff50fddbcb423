"""Files that workers send as evidence: kept with their yes only, sealed under their own key, gone with it."""
