"""Rules and decisions → sentences in Danish and English."""
