package http

// importProblems are about files of contributions. Each row has its own, with the
// line and the column.
var importProblems = []problemPage{
	{
		Code: "already_imported", Status: conflict409,
		Means: "The rows of this very file are in the books already.",
		Do:    "Nothing, if that was the wish. To import it anew, undo that import first.",
	},
	{
		Code: "already_undone", Status: conflict409,
		Means: "This import is undone already.",
		Do:    "Nothing. The file may be imported again.",
	},
	{
		Code: "ambiguous_number", Status: invalid422,
		Means: "A number such as 1.234 means one thing where a point stands before the decimals " +
			"and another where it stands between thousands.",
		Do: "Say which mark stands before the decimals in this file: a point or a comma.",
	},
	{
		Code: "import_cells", Status: invalid422,
		Means: "A row has more or fewer cells than there are headings.",
		Do: "Add what is missing or take out what is too much. Text with the separator in it " +
			"belongs in quotes.",
	},
	{
		Code: "import_changed", Status: conflict409,
		Means: "The file is not the one that was looked at before.",
		Do:    "Look at it again, then import it.",
	},
	{
		Code: "import_distributed", Status: conflict409,
		Means: "A distribution has divided money by rows of this import, so it cannot be undone as " +
			"a whole.",
		Do: "Reverse that distribution first, or reverse single contributions: the next " +
			"distribution evens it out.",
	},
	{
		Code: "import_empty", Status: invalid422,
		Means: "There is nothing in the file, or nothing below the headings.",
		Do:    "Check that it is the right file, and that it was saved.",
	},
	{
		Code: "import_heading", Status: invalid422,
		Means: "The first line does not tell what stands in each column, or tells it twice.",
		Do: "Write the headings that the detail names into the first line, or say which of yours " +
			"stands for which of them.",
	},
	{
		Code: "import_quotes", Status: invalid422,
		Means: "The quotes in a row do not match.",
		Do:    "Put the whole cell into quotes, and double the quotes inside it.",
	},
	{
		Code: "import_row_too_long", Status: invalid422,
		Means: "A row is longer than any row is meant to be. Mostly a quote is opened before it " +
			"and never closed.",
		Do: "Look at the line that the detail names, and close the quote.",
	},
	{
		Code: "import_separator", Status: invalid422,
		Means: "Cells are to be separated by a sign that separates none.",
		Do:    "Choose a comma, a semicolon or a tab.",
	},
	{
		Code: "unknown_decimal_mark", Status: invalid422,
		Means: "Something other than a point or a comma is to stand before decimals.",
		Do:    "Write point or comma.",
	},
}
