// The text of a file: what cannot be read, blocks, includes, definitions.

extension Explanations {
    static let language: [Explanation] = [
        Explanation(
            "unreadable-file", "The file is missing, is none, or may not be read.",
            then: "The daemon does not start; a reload is refused and the former configuration stays.",
            mend: "Look at the name behind -f and at the file's owner and mode."),
        Explanation(
            "too-much-text",
            "Includes, definitions and repetitions make more text than any configuration has: 100000 lines or 4 MB"
                + " of a small file, 64 MB in all.",
            then: "The daemon does not start.",
            mend: "Look for a repetition in a repetition, or for an include that matches too much."),
        Explanation(
            "line-too-long",
            "A line is longer than keepalived reads in one piece (1023 octets), or than anybody reads (an error).",
            then:
                "With the warning the line is read here, but keepalived 2.2 takes its rest for another line; with the"
                + " error it is left out.",
            mend: "Write one value on each line of a block."),
        Explanation(
            "byte-order-mark", "The file begins with a byte order mark, as some editors of Windows write.",
            then: "It is passed over here; keepalived takes it for a part of the first word.",
            mend: "Save the file as UTF-8 without it."),
        Explanation(
            "not-utf8", "An octet is no UTF-8, as in files of an older encoding.",
            then: "It is read as a replacement character; in a comment that does no harm, in a path it does.",
            mend: "Save the file as UTF-8, as with iconv."),
        Explanation(
            "nul-octet", "The line holds an octet of value zero: a damaged or a binary file.",
            then: "The line is left out.", mend: "Write the line anew."),
        Explanation(
            "unmatched-quote", "A quote is opened and not closed on its line.",
            then: "All to the end of the line belongs to the quoted word, comments as well.",
            mend: "Close the quote. In words other than scripts only double quotes count."),
        Explanation(
            "missing-brace", "A keyword that begins a block has no { behind it or on the next line.",
            then: "The block's extent is a guess, so the daemon does not start.", mend: "Write the {."),
        Explanation(
            "stray-brace", "A { stands where nothing begins a block.",
            then: "What the block was meant for is unknown, so the daemon does not start.",
            mend: "Remove it with its }, or write the keyword before it."),
        Explanation(
            "nesting", "Blocks stand within each other more than 64 deep.",
            then: "What is deeper is not read, so the daemon does not start.",
            mend: "Look for a } that is missing; no configuration is more than five deep."),
        Explanation(
            "unbalanced-brace", "There are more } than {, or a block is never closed.",
            then: "What belongs to which block is unknown, so the daemon does not start.",
            mend:
                "The message names the { or } that has no partner; the mistake is there or within the block."),
        Explanation(
            "unknown-keyword", "Nobody knows this word at this place, keepalived included.",
            then:
                "The line, with its block, has no effect: auto_type in place of auth_type means no password.",
            mend: "Take the suggestion, move the line into the block that it belongs to, or remove it."),
        Explanation(
            "deprecated", "The word is a former name of another one.",
            then: "It is read as the new one.", mend: "Write the name that the message gives."),
        Explanation(
            "extra-argument", "More values stand behind the keyword than it takes.",
            then: "The superfluous ones are ignored: 'nopreempt no' is nopreempt.",
            mend: "Remove them; to switch a keyword without a value off, leave its line out."),
        Explanation(
            "include-not-found", "An include names a file that is not there or cannot be read.",
            then: "The rest is read without it: instances may be missing.",
            mend: "Correct the path; a relative one counts from the directory of the file that includes."),
        Explanation(
            "include-loop", "Files include each other, more than 32 deep, or there are too many.",
            then: "The include is left out.", mend: "Include each file in one place."),
        Explanation(
            "definition-loop",
            "A definition $NAME is used in its own value, or definitions nest more than 32 deep.",
            then: "The name stays as it is written, or the daemon does not start.",
            mend: "Give the inner value a name of its own."),
        Explanation(
            "text-after-definition", "Text stands behind the use of a definition of several lines.",
            then: "It is left out; a brace is read, but not by keepalived.",
            mend: "Put it on a line of its own."),
        Explanation(
            "bad-repetition", "A ~SEQ or ~LST has no values in parentheses, or values that make no list.",
            then: "The line is left out.", mend: "As in ~SEQ(N, 1, 10) or ~LST(N, a, b)."),
        Explanation(
            "no-condition", "An @ has no name behind it.",
            then: "The line is left out on every host.", mend: "@lb1 for one host, @^lb1 for all others."),
    ]
}
