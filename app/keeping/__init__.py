"""Backup and restore: ten years of books, and a restored database that pays nothing by itself."""
