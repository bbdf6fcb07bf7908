"""What the cases try of the rules, what they leave untried, and the missing cases written out."""
