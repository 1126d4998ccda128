"""The roll, identification, the ballot box and receipts."""
