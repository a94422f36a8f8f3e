/* SPDX-License-Identifier: BSD-3-Clause */
#include "manual_text.h"

#define ROWS(array) (sizeof(array) / sizeof *(array))

const char manual_summary[] = "show what two machines said to each other in a packet capture, and what it means";

const char manual_date[] = "2026-11-22";

const char manual_description[] =
    "`overhear` reads packet captures, or listens on interfaces, and shows the conversations in them as a person would "
    "follow them: DNS, HTTP, mail (SMTP, POP3, IMAP and the messages that they carry), FTP and its files, TLS "
    "handshakes, WHOIS, Telnet and finger, on any link, in any tunnel, however the packets arrived. What was asked and "
    "answered is explained beside it. For programs it prints one JSON object a line. It sends nothing.";

const struct manual_verb manual_verbs[] = {
    {"explain", "WORD...", "what a command, a code or a type means"},
    {"fields", "[DATASET...]", "every field of the records"},
    {"schema", NULL, "a JSON Schema of the records"},
    {"protocols", NULL, "what is understood, and its ports"},
    {"completion", "SHELL", "completes words in bash, zsh or fish"},
    {"manual", NULL, "the manual page, for man -l -"},
    {"help", NULL, "the options on one page"},
};
const size_t manual_verb_count = ROWS(manual_verbs);

const struct manual_example manual_examples[] = {
    {"overhear cap.pcap", "what was said in this capture"},
    {"overhear cap.pcap host 10.0.0.1", "only with this machine"},
    {"overhear --json cap.pcap | jq .", "one JSON object a line"},
    {"tcpdump -w - | overhear -", "from standard input"},
    {"overhear -i eth0 port 53", "listen, until Ctrl-C"},
    {"overhear explain smtp 550", "what does this reply mean?"},
    {"overhear -q --only dns,http cap.pcap", "One line for each DNS lookup and each HTTP request"},
    {"overhear -Y 'http.response.status_code >= 400' cap.pcap", "Only the HTTP requests that failed"},
    {"overhear --conversation 7 cap.pcap", "All of the seventh conversation"},
    {"overhear --follow 7 cap.pcap", "The bytes of both its sides, as they were said"},
    {"overhear --follow 7 --raw server cap.pcap > page", "The bytes of the server alone, exactly"},
    {"overhear --extract files --hash cap.pcap", "Save whatever was transferred into the folder files"},
    {"overhear --summary cap.pcap", "Only the summary: who, how much, how often, how slow"},
    {"overhear -i any --json --stats 60 -o all.json",
     "Leave it running; every minute a record tells what was received and dropped"},
    {"overhear -i eth0 -w trace-%F-%H.pcap -G 3600 -W 24", "Save what is heard, an hour a file, and stop after a day"},
    {"ssh host tcpdump -U -w - not port 22 | overhear -", "Hear what another machine hears"},
};
const size_t manual_example_count = ROWS(manual_examples);
const size_t manual_short_example_count = 6;

const struct manual_block manual_exit_status[] = {
    {"0", "done; also where a reader of the results went away, or a signal ended the listening"},
    {"1", "a capture could not be read to its end, or something could not be written; what was read is printed"},
    {"2", "the command line is wrong: the message names the word, and says what was expected"},
};
const size_t manual_exit_status_count = ROWS(manual_exit_status);

const struct manual_block manual_options[] = {
    {"interface", "The section <Rights> says what this needs. An interface that goes down or away is waited for."},
    {"filter",
     "Words that follow the captures, or the options of `-i`, mean the same; with both, a frame has to match both. "
     "`pcap-filter`(7) is the language. Later fragments of a datagram have no ports: `port 53` leaves them out."},
    {"decode-as", "It is the first guess for that port, before whatever the port means otherwise. `overhear protocols` "
                  "lists what there is. May be repeated."},
    {"checksums",
     "Captures taken on the machine that sends show wrong checksums, because its network card fills them in later."},
    {"stack",
     "Packets can contradict each other, and hosts differ in what they make of that: which of two overlapping segments "
     "they read, whether they put overlapping fragments together, what they drop. `bsd` is FreeBSD. Wherever two "
     "readings are possible an anomaly says so, whatever is chosen."},
    {"only", "`overhear fields` lists them. The summary counts the others all the same."},
    {"display-filter", "The section <Display filter> says how to write one."},
    {"conversation", "With `-w`, only its frames are saved."},
    {"follow",
     "A mark at the beginning of each line tells the sides apart, on a terminal also a colour. What is missing in the "
     "capture is said where it is missing. What is inside an encrypted conversation stays encrypted."},
    {"output", "On `SIGHUP` the file is opened anew, so that it can be moved away before. `-` is standard output."},
    {"show-secrets", "So with tokens, and with whatever proves that somebody knows a password."},
    {"color", "`auto` obeys NO_COLOR."},
    {"no-names", "They are those that the client was told, as long as they hold."},
    {"extract", "A name is the number of the conversation and what the sender called the file, made safe. Nothing is "
                "written over. What is not whole ends in `.partial`. These are files from strangers: opening one is as "
                "safe as they are kind."},
    {"notes", "This is how a translation is made: files of the form of notes*.json; what they do not explain is "
              "explained by the built-in ones."},
    {"line-buffered",
     "With `-i` that is so on a terminal anyway; what goes to a file or a pipe is written at least once a second."},
    {"snapshot-length", "What is cut off cannot be understood: for looking at headers alone."},
    {"write", "A pcap file has one link type: frames of another are left out, and a message says so."},
    {"memory",
     "When that is reached, the conversations with least to lose end early, and their records say `evicted`."},
    {"user", "No way leads back, and no capability is kept."},
    {"no-sandbox", "The section <Rights> says what is given up."},
};
const size_t manual_option_count = ROWS(manual_options);

static const struct manual_block section_words[] = {
    {NULL, "The first words without a dash that name existing files (or look like files) are captures: pcap or pcapng, "
           "plain or gzip'd, told by their content. Several are read one after the other as one capture. The words "
           "after them are a filter expression as for `tcpdump`(8). After `--` no word is an option. A first word out "
           "of this list asks for something else:"},
};

static const struct manual_block section_filter[] = {
    {NULL, "`-Y` prints only the records for which an expression holds. It compares fields, by the names that "
           "`overhear fields` lists, with numbers, \"texts\" and addresses:"},
    {"FIELD == VALUE", "Equal; so `!=`, `<`, `<=`, `>` and `>=`. An address may be compared with a network: "
                       "`destination.ip == 192.0.2.0/24`."},
    {"FIELD contains \"TEXT\"", "The text is a part of the field's."},
    {"FIELD matches \"PATTERN\"", "A regular expression (PCRE2) finds something in the field's text."},
    {"FIELD in {VALUE, VALUE}", "One of the values; networks, too."},
    {"FIELD exists", "The record has this field."},
    {"and, or, not, ()", "Put expressions together; `not` binds more than `and`, and `and` more than `or`."},
    {NULL, "Of a field with several values one that fits is enough; for `!=` none may be equal. What is absent fits "
           "nothing. A wrong expression is pointed at with a caret. In "
           "a shell the whole expression stands best between single quotes."},
};

static const struct manual_block section_output[] = {
    {NULL,
     "Results go to standard output, and nothing else does; messages, progress and the closing summary go to standard "
     "error. Nothing from the wire can move a cursor or change a colour: control characters and bytes that are not "
     "UTF-8 are printed as \\xNN. Secrets are printed as [hidden] unless `--show-secrets` asks for them."},
    {NULL, "The field names are those of the Elastic Common Schema where it has them. `overhear fields` lists them "
           "all, and they are stable: fields are added, never renamed."},
};

static const struct manual_block section_rights[] = {
    {NULL, "Listening needs the capability CAP_NET_RAW and nothing else. Either root starts `overhear`, or the program "
           "is given that capability once:"},
    {"setcap cap_net_raw+ep /usr/bin/overhear",
     "Whoever may run it may then listen to everything that passes this machine."},
    {NULL, "Started as root, it becomes `nobody`, or the user of `-Z`, as soon as interfaces and files are open, and "
           "gives up every capability. Files that it makes later (`--extract`, `-C`, `-G`, `SIGHUP`) are that user's: "
           "the folder has to let them in."},
    {NULL, "Then, before the first frame is read, it locks itself in, for captures from files as well: Landlock leaves "
           "only the folders of `-o`, `-w`, `--extract` and `--follow all` to write in, and a seccomp filter only the "
           "system calls that reading, writing and waiting need. A kernel that has not all of it is told of. "
           "`--no-sandbox` is for debugging."},
};

static const struct manual_block section_signals[] = {
    {"SIGINT, SIGTERM",
     "Stop: what is in flight is finished, written, and summed up. A second one ends the program at once."},
    {"SIGHUP", "With `-i` and `-o` <FILE>: the file is opened anew. This is how a log is rotated: move it away, then "
               "send the signal. Otherwise like SIGTERM."},
    {"SIGUSR1", "Say on standard error what was received and dropped so far."},
    {"SIGPIPE", "Is no error: where a reader goes away, the program ends quietly."},
};

static const struct manual_block section_environment[] = {
    {"NO_COLOR", "Where it is set and not empty, nothing is coloured, unless `--color=always` asks for it."},
    {"TERM", "There is no colour on a terminal of the kind `dumb`."},
    {"COLUMNS", "The width of the transcript where the output is no terminal and `--width` is not given; else 80."},
    {"TZ", "The time zone of the times in names of files (`-G`). All others are UTC."},
};

static const struct manual_block section_files[] = {
    {"/etc/overhear/IF.conf",
     "Further options of the sensor on the interface <IF>: a line OVERHEAR_OPTIONS=\"--only dns\"."},
    {"/var/log/overhear/IF.json", "What the sensor overhear@<IF>.service writes, rotated daily."},
};

const struct manual_section manual_sections[] = {
    {"Words", section_words, ROWS(section_words)},
    {"Display filter", section_filter, ROWS(section_filter)},
    {"Output", section_output, ROWS(section_output)},
    {"Rights", section_rights, ROWS(section_rights)},
    {"Signals", section_signals, ROWS(section_signals)},
    {"Environment", section_environment, ROWS(section_environment)},
    {"Files", section_files, ROWS(section_files)},
};
const size_t manual_section_count = ROWS(manual_sections);
