"""The register of people: what an officer's workbook says, read and checked."""
