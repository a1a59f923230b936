"""What crosses the border in open formats: extracts in; workbooks, letters and reports out."""
