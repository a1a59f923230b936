"""The words of the field: enums, ids, moments and frozen fact types. Imports nothing heavy."""
