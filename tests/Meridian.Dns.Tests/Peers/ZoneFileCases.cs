namespace Meridian.Dns.Tests.Peers;

/// <summary>
/// Zone files by kind: every record type in every way that it is written, and by hand what is odd. A file is text with
/// one character for each octet.
/// </summary>
internal static class ZoneFileCases
{
    private const string Head = """
        $TTL 3600
        @ IN SOA ns hostmaster 1 3600 600 86400 30
          IN NS ns
        ns IN A 192.0.2.53

        """;

    private const string Soa = "@ 60 IN SOA ns hostmaster 1 3600 600 86400 30\n";

    /// <summary>All files, each kind once.</summary>
    public static IEnumerable<ZoneFileCase> All() => Types().Concat(Addresses()).Concat(Data()).Concat(Syntax())
        .Concat(Times()).Concat(Classes()).Concat(Directives()).Concat(Names()).Concat(Structure()).Concat(Soas())
        .Concat(Origins());

    // Each type of the corpus as it stands there, in parentheses with its name in lower case, as octets (RFC 3597), and
    // with its last word missing or one too many.
    private static IEnumerable<ZoneFileCase> Types()
    {
        var lines = File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Corpus", "records.tsv"));
        foreach (var (i, line) in lines.Index())
        {
            var (type, text, hex) = line.Split('\t') is [var a, var b, var c] ? (a, b, c) : default;
            var octets = $"\\# {hex.Length / 2} {hex}";
            var name = $"{type} {i + 1}";
            yield return Body($"{name}, plain", $"x {type} {text}");
            yield return Body($"{name}, in parentheses", $"x {type.ToLowerInvariant()} ( {text} ; comment\n )");
            yield return Body($"{name}, as octets", $"x {type} {octets}");
            yield return Body($"{name}, without the last word", $"x {type} {Cut(text)}");
            yield return Body($"{name}, with a word too many", $"x {type} {text} \"?\"");
        }
    }

    private static IEnumerable<ZoneFileCase> Addresses() => Bodies("IPv4 address", "x A ", "192.0.2.010", "192.0.2",
        "3221225985", "0xC0.0.2.1", "192.0.2.256", "192.0.2.1.", "192.0.2.1/32", "::ffff:192.0.2.1", "\"192.0.2.1\"")
        .Concat(Bodies("IPv6 address", "x AAAA ", "::", "2001:DB8::1", "2001:db8::192.0.2.1", "::ffff:192.0.2.1",
            "2001:db8::1%eth0", "[2001:db8::1]", "2001:db8:::1", "2001:db8::12345", "1:2:3:4:5:6:7:8:9",
            "1:2:3:4:5:6:7::", "192.0.2.1"));

    private static IEnumerable<ZoneFileCase> Data() =>
    [
        .. Bodies("TXT", "x TXT ", "\"\"", "a b c", "\"a\"\"b\"", "\"a;b\"", "a\\;b", "\"a\\\"b\"", "\"\\000\"",
            "\"\\256\"",
            "\"\\25\"", new string('a', 255), new string('a', 256), "\"\xE9\xC3\xA9\"", "\"a\tb\"", "\"a\nb\"",
            "a\"b\"",
            "\"a", "\\", "\"a\u0001b\""),
        .. Bodies("MX", "x MX ", "10 192.0.2.1", "65536 mail", "-1 mail", "010 mail", "10 .", "0 mail.example.net"),
        .. Bodies("SRV", "_a._tcp SRV ", "0 0 0 .", "0 0 65536 a", "0 0 http a"),
        .. Bodies("CAA", "x CAA ", "0 issue \"\"", "0 issue ca.example", "256 issue \"x\"", "0 is-sue \"x\"",
            "0 ISSUE \"x\"",
            "0 \"issue\" \"x\""),
        .. Bodies("DS", "x NS ns\nx DS ", "1 8 2 AB", "1 8 1 0000000000000000000000000000000000000000",
            "1 8 3 AB", "1 RSASHA256 SHA-256 " + new string('0', 64), "1 8 2 " + new string('0', 63)),
        .. Bodies("TLSA", "x TLSA ", "3 1 1 AB", "3 1 1", "DANE-EE SPKI SHA2-256 " + new string('0', 64), "256 1 1 AB"),
        .. Bodies("SSHFP", "x SSHFP ", "4 2 " + new string('0', 64), "4 2 00", "4 2 0G"),
        .. Bodies("NAPTR", "x NAPTR ", "1 1 \"\" \"\" \"\" .", "1 1 u x y a b",
            "1 1 \"u\" \"E2U+sip\" \"!^.*$!sip:a@b!\" ."),
        .. Bodies("HTTPS", "x HTTPS ", "0 a", "0 a alpn=h2", "0 .", "1 . alpn=", "1 . alpn=h2,h3 no-default-alpn",
            "1 . no-default-alpn", "1 . mandatory=alpn", "1 . alpn=h2 alpn=h3", "1 . port=65536", "1 . ipv4hint=1",
            "1 . ipv6hint=::1,::2", "1 . key1=h2", "1 . key01=h2", "1 . key65280=a", "1 . key65535=a", "1 . nosuch=1",
            "1 . ech=A", "1 . dohpath=/q{?dns}", "1 . dohpath=q", "1 . alpn=\"a\\\\,b,c\"", "1 . alpn=a,,b", "65536 ."),
        .. Bodies("type", "x ", "TYPE65280 \\# 2 0A0B", "TYPE65280 \\# 0", "TYPE65280 \\# 2 0A", "TYPE65280 0A",
            "TYPE1 192.0.2.1", "TYPE65536 \\# 0", "TYPE0 \\# 0", "NOSUCH a", "ANY a", "OPT \\# 0", "AXFR a",
            "NULL \\# 1 00",
            "A \\# 4 C0000201", "A \\# 3 C00002", "A \\# 4 C0 00 02 01", "MX \\# 4 000A0161", "SPF \"v=spf1 -all\"",
            "PX 1 a b",
            "X25 \"1\"", "ISDN \"1\"", "WKS 192.0.2.1 TCP 25", "MB a", "TALINK a b", "HIP 2 00 AQID", "AVC a",
            "DLV 1 8 2 00"),
        .. Bodies("KEY", "x KEY ", "49152 3 8", "256 3 8 AQID", "ZONE DNSSEC RSASHA256 AQID"),
        .. Bodies("LOC", "x LOC ", "52 N 4 E 10m 1m 2m 3m 4m", "52 60 N 4 E 0", "52 1.5 N 4 E 0", "52 N 4 E 1.234m",
            "52 N 4 E 42849672.96m", "52 N 4 E 0m 90000001m"),
        .. Bodies("APL", "x APL ", "1:192.0.2.1/24", "1:192.0.2.0/24,1:10.0.0.0/8", "3:00/8", "1:192.0.2/24"),
        .. Bodies("EUI", "x EUI48 ", "00-00-5E-00-53", "0-0-5e-0-53-2a", "00005e00532a"),
        .. Bodies("CSYNC", "x CSYNC ", "1 3", "1 3 NOSUCH", "1 3 A A"),
        .. Bodies("URI", "x URI ", "1 1 \"\"", "1 1 http://a/", "1 \"http://a/\""),
    ];

    private static IEnumerable<ZoneFileCase> Syntax() =>
    [
        Whole("line ends of Windows", Head.Replace("\n", "\r\n")),
        Whole("line ends of old Macs", Head.Replace("\n", "\r")),
        Whole("no line end at the end", Head.TrimEnd('\n')),
        Whole("byte order mark", "\xEF\xBB\xBF" + Head),
        Whole("empty file", ""),
        Whole("only a comment", "; nothing\n"),
        Body("octet 0", "x TXT \"a\0b\""),
        Body("parentheses over lines", "x TXT ( a\n b\n\n ; c\n d )"),
        Body("parentheses within words", "x TXT (a)(b)"),
        Body("parenthesis that is not closed", "x TXT ( a"),
        Body("parenthesis that is not opened", "x TXT a )"),
        Body("nested parentheses", "x TXT ( a ( b ) )"),
        Body("type on a line of its own", "x (\n 60\n IN\n A\n 192.0.2.1 )"),
        Body("tabs", "x\t60\tIN\tA\t192.0.2.1\t; comment"),
        Body("form feed", "x A\f192.0.2.1"),
        Body("blanks at the end", "x A 192.0.2.1   \t "),
        Body("lines of blanks", "   \n\t\nx A 192.0.2.1"),
        Body("line of blanks with a comment", "x A 192.0.2.1\n   ; comment\n AAAA ::1"),
        Body("record that keeps the owner", "x A 192.0.2.1\n AAAA ::1"),
        Body("line that begins with a blank by mistake", "x A 192.0.2.1\n y AAAA ::1"),
        Whole("first record without an owner", "$TTL 60\n IN SOA ns hostmaster 1 2 3 4 5\n IN NS ns\nns A 192.0.2.1\n"),
        Body("quoted owner", "\"x\" A 192.0.2.1"),
        Body("quoted type", "x \"A\" 192.0.2.1"),
        Body("quoted name as data", "x NS \"ns\""),
        Body("long line", "x TXT " + string.Join(' ', Enumerable.Repeat(new string('a', 200), 200))),
        Body("too much data", "x TXT " + string.Join(' ', Enumerable.Repeat(new string('a', 255), 260))),
        Body("owner alone", "x"),
        Body("owner and class alone", "x IN"),
        Body("type alone", "x A"),
    ];

    private static IEnumerable<ZoneFileCase> Times() =>
    [
        .. Bodies("TTL", "x ", "0 A 192.0.2.1", "2147483647 A 192.0.2.1", "2147483648 A 192.0.2.1",
            "4294967295 A 192.0.2.1", "4294967296 A 192.0.2.1", "-1 A 192.0.2.1", "1h30m A 192.0.2.1", "1H A 192.0.2.1",
            "1w2d3h4m5s A 192.0.2.1", "1h30 A 192.0.2.1", "1y A 192.0.2.1", "30m1h A 192.0.2.1", "1h1h A 192.0.2.1",
            "1.5h A 192.0.2.1", "60 IN A 192.0.2.1", "IN 60 A 192.0.2.1", "60 60 A 192.0.2.1", "0060 A 192.0.2.1",
            "5000w A 192.0.2.1"),
        Whole("no $TTL and none before", "@ SOA ns hostmaster 1 2 3 4 5\n@ NS ns\nns A 192.0.2.1\n"),
        Whole("no $TTL and one before", Soa + "@ NS ns\nns A 192.0.2.1\n"),
        Whole("$TTL after the SOA", Soa + "$TTL 30\n@ NS ns\nns A 192.0.2.1\n"),
        Body("different TTLs in a set", "x 60 A 192.0.2.1\nx 30 A 192.0.2.2"),
        Body("different TTLs of two types", "x 60 A 192.0.2.1\nx 30 AAAA ::1"),
    ];

    private static IEnumerable<ZoneFileCase> Classes() => Bodies("class", "x ", "in A 192.0.2.1", "CLASS1 A 192.0.2.1",
        "class1 60 A 192.0.2.1", "60 CLASS1 A 192.0.2.1", "CLASS3 A 192.0.2.1", "CLASS01 A 192.0.2.1", "CH TXT a",
        "HS TXT a",
        "CS TXT a", "ANY A 192.0.2.1", "IN IN A 192.0.2.1");

    private static IEnumerable<ZoneFileCase> Directives() =>
    [
        Body("$ORIGIN relative", "$ORIGIN sub\nx A 192.0.2.1"),
        Body("$ORIGIN outside", "$ORIGIN example.net.\nx.example.org. A 192.0.2.1"),
        Body("$ORIGIN in lower case", "$origin sub\nx A 192.0.2.1"),
        Body("$ORIGIN without a name", "$ORIGIN\nx A 192.0.2.1"),
        Body("$ORIGIN with two names", "$ORIGIN a b\nx A 192.0.2.1"),
        Body("$ORIGIN with a comment", "$ORIGIN sub ; here\nx A 192.0.2.1"),
        Body("$TTL twice", "$TTL 60\nx A 192.0.2.1\n$TTL 30\ny A 192.0.2.1"),
        Body("$TTL with units", "$TTL 1d\nx A 192.0.2.1"),
        Body("$TTL without a number", "$TTL\nx A 192.0.2.1"),
        Body("$TTL that is none", "$TTL x\nx A 192.0.2.1"),
        Body("$TTL beyond 31 bits", "$TTL 4294967295\nx A 192.0.2.1"),
        Body("directive that is indented", " $TTL 60\nx A 192.0.2.1"),
        Body("$INCLUDE of nothing", "$INCLUDE nosuch\nx A 192.0.2.1"),
        Body("$INCLUDE without a file", "$INCLUDE\nx A 192.0.2.1"),
        Body("$INCLUDE of itself", "$INCLUDE zone\nx A 192.0.2.1"),
        Body("$GENERATE", "$GENERATE 1-3 h$ A 192.0.2.$"),
        .. Bodies("$GENERATE", "$GENERATE ", "0-6/3 h$ 60 IN A 192.0.2.$", "1-2 @ MX \"10 m${0,3}\"",
            "26-27 ${0,7,n} TXT ${-3,4,X}-${0,0,o}", "1-2 a$$\\$b TXT $", "1-2 a${1}-$ TXT x", "1-2 ${0,2,q} TXT x",
            "5-1 h$ A 192.0.2.$", "1-2/0 h$ A 192.0.2.$", "1-2 h$ MX 10 m", "1-2 h$", "250-260 h$ A 192.0.2.$",
            "1-2 h$ TXT \"a b\"", "1-2 h$ CNAME $.a"),
        Body("$NOSUCH", "$NOSUCH a\nx A 192.0.2.1"),
        Body("name that begins with $", "\\$x A 192.0.2.1"),
    ];

    private static IEnumerable<ZoneFileCase> Names() =>
        from name in (string[])
        [
            new string('a', 63), new string('a', 64), $"{Label}.{Label}.{Label}.{new string('b', 49)}",
            $"{Label}.{Label}.{Label}.{new string('b', 50)}", "a..b", ".a", "..", "x.", "a\\.b", "a\\032b", "a\\256b",
            "a\\1b",
            "a\\", "\\065", "\\@", "@", "*", "*.a", "a.*", "*.*", "a*b", "-a", "a-", "_a", "a_b", "0", "0/25", "a@b",
            "a:b",
            "a,b", "a=b", "b\xC3\xBC" + "cher", "b\xFC" + "cher", "A", "xn--bcher-kva", "\\255", "IN", "A.IN", "60",
            "MX", "x.y.z",
        ]
        select Body($"owner `{Shown(name)}`", $"{name} TXT x");

    private static IEnumerable<ZoneFileCase> Structure() =>
    [
        Whole("no SOA", "$TTL 60\n@ NS ns\nns A 192.0.2.1\n"),
        Whole("no NS", "$TTL 60\n" + Soa),
        Whole("SOA not first", "$TTL 60\n@ NS ns\nns A 192.0.2.1\n" + Soa),
        Body("SOA twice, the same", "@ SOA ns hostmaster 1 3600 600 86400 30"),
        Body("SOA twice, different", "@ SOA ns hostmaster 2 3600 600 86400 30"),
        Body("SOA not at the origin", "x SOA ns hostmaster 1 3600 600 86400 30"),
        Body("data outside the zone", "x.example.net. A 192.0.2.1"),
        Body("CNAME and other data", "x CNAME y\nx A 192.0.2.1"),
        Body("CNAME after other data", "x TXT a\nx CNAME y"),
        Body("CNAME twice", "x CNAME y\nx CNAME z"),
        Body("CNAME twice, the same", "x CNAME y\nx CNAME y"),
        Body("CNAME twice, in another case", "x CNAME y\nx CNAME Y"),
        Body("CNAME at the origin", "@ CNAME y"),
        Body("CNAME of itself", "x CNAME x"),
        Body("CNAME in a ring", "x CNAME y\ny CNAME x"),
        Body("CNAME to nothing", "x CNAME y"),
        Body("CNAME and DNAME", "x CNAME y\nx DNAME z"),
        Body("DNAME twice", "x DNAME y\nx DNAME z"),
        Body("DNAME and data beside", "x DNAME y\nx A 192.0.2.1"),
        Body("DNAME and NS beside", "x DNAME y\nx NS ns"),
        Body("DNAME and data below", "x DNAME y\na.x A 192.0.2.1"),
        Body("DNAME at a wildcard", "*.x DNAME y"),
        Body("name server without address", "@ NS ns2"),
        Body("name server that is an alias", "@ NS ns2\nns2 CNAME ns"),
        Body("name server that is an address", "@ NS 192.0.2.1"),
        Body("name server by wildcard", "@ NS ns.w\n*.w A 192.0.2.1"),
        Body("delegation", "x NS ns.example.net."),
        Body("delegation with glue", "x NS ns.x\nns.x A 192.0.2.1"),
        Body("delegation without glue", "x NS ns.x"),
        Body("delegation to a sibling without glue", "x NS ns.y\ny NS ns.example.net."),
        Body("delegation with data beside", "x NS ns\nx TXT a"),
        Body("delegation with data below", "x NS ns\na.x TXT a"),
        Body("delegation within a delegation", "x NS ns\na.x NS ns"),
        Body("delegation at a wildcard", "*.x NS ns"),
        Body("DS without NS", "x DS 1 8 2 " + new string('0', 64)),
        Body("DS at the origin", "@ DS 1 8 2 " + new string('0', 64)),
        Body("MX to an alias", "x MX 10 y\ny CNAME ns"),
        Body("MX to nothing", "x MX 10 y"),
        Body("SRV to an alias", "_a._tcp SRV 1 1 1 y\ny CNAME ns"),
        Body("record twice", "x A 192.0.2.1\nx A 192.0.2.1"),
        Body("record twice, in another case", "x MX 1 ns\nX MX 1 NS"),
        Body("wildcard that an empty name hides", "* A 192.0.2.1\na.b A 192.0.2.1"),
        Body("wildcard below a wildcard", "*.*.x A 192.0.2.1"),
        Body("DNSKEY in an unsigned zone", "@ DNSKEY 257 3 13 " + new string('A', 88)),
        Body("CDS in an unsigned zone", "@ CDS 0 0 0 00"),
        Body("NSEC3PARAM in an unsigned zone", "@ NSEC3PARAM 1 0 0 -"),
        Body("ZONEMD in an unsigned zone", "@ ZONEMD 1 1 1 " + new string('0', 96)),
        Body("signature without a key",
            "x A 192.0.2.1\nx RRSIG A 13 3 3600 20300101000000 20200101000000 1 example.org. " + new string('A', 88)),
        Body("NSEC in an unsigned zone", "x A 192.0.2.1\nx NSEC ns A NSEC"),
        Body("NSEC3 in an unsigned zone",
            "0123456789abcdefghijklmnopqrstuv NSEC3 1 0 0 - 0123456789abcdefghijklmnopqrstuv A"),
        Body("signature that cannot be read", "x A 192.0.2.1\nx RRSIG A nonsense"),
    ];

    private static IEnumerable<ZoneFileCase> Soas() =>
        from soa in (string[])
        [
            "ns hostmaster 1 1h 10m 1d 30", "ns hostmaster 4294967295 1 1 1 1", "ns hostmaster 4294967296 1 1 1 1",
            "ns hostmaster 1 1 1 1 4294967295", "ns hostmaster 1 1 1 1 4294967296", "ns hostmaster -1 1 1 1 1",
            "ns hostmaster 1h 1 1 1 1",
            "ns hostmaster 1 1 1 1", "ns hostmaster 1 1 1 1 1 1", "ns hostmaster@example.org. 1 1 1 1 1",
            "ns hostmaster\\@example.org. 1 1 1 1 1", "ns a\\.b.example.org. 1 1 1 1 1", ". . 1 1 1 1 1",
            "ns hostmaster 0 0 0 0 0",
            "ns hostmaster 1 604800 86400 3600 30", "ns hostmaster ( 1 ; serial\n 1\n 1\n 1\n 1 )",
            "ns hostmaster 1 1 1 1 x",
        ]
        select Whole($"SOA `{soa.ReplaceLineEndings(" ")}`", $"$TTL 60\n@ SOA {soa}\n@ NS ns\nns A 192.0.2.1\n");

    private static IEnumerable<ZoneFileCase> Origins() =>
    [
        new("zone of RFC 2317", "0/25.2.0.192.in-addr.arpa",
            "$TTL 60\n@ SOA ns.example.net. h.example.net. 1 1 1 1 1\n@ NS ns.example.net.\n1 PTR a.example.net.\n"),
        new("zone above one of RFC 2317", "2.0.192.in-addr.arpa",
            "$TTL 60\n@ SOA ns.example.net. h.example.net. 1 1 1 1 1\n@ NS ns.example.net.\n" +
            "0/25 NS ns.example.net.\n1 CNAME 1.0/25\n"),
        new("root zone", ".",
            "$TTL 60\n. SOA a.example. h.example. 1 1 1 1 1\n. NS a.example.\na.example. A 192.0.2.1\n" +
            "com. NS ns.example.net.\n"),
        new("root zone with relative names", ".", "$TTL 60\n@ SOA a h 1 1 1 1 1\n@ NS a\na A 192.0.2.1\ncom NS a\n"),
        new("zone of one label", "org", "$TTL 60\n@ SOA ns h 1 1 1 1 1\n@ NS ns\nns A 192.0.2.1\n"),
        new("zone with an underscore", "_tcp.example.org", "$TTL 60\n@ SOA ns h 1 1 1 1 1\n@ NS ns\nns A 192.0.2.1\n"),
        new("zone in upper case", "EXAMPLE.org",
            "$TTL 60\nexample.ORG. SOA ns h 1 1 1 1 1\n@ NS ns\nns.Example.Org. A 192.0.2.1\n"),
    ];

    private static string Label => new('a', 63);

    private static IEnumerable<ZoneFileCase> Bodies(string sort, string start, params string[] texts) =>
        texts.Select(t => Body($"{sort} `{Shown(t)}`", start + t));

    private static ZoneFileCase Body(string kind, string text) => Whole(kind, Head + text + "\n");

    private static ZoneFileCase Whole(string kind, string text) => new(kind, "example.org", text);

    private static string Cut(string text) => text.LastIndexOf(' ') is >= 0 and var blank ? text[..blank] : "";

    // Kinds stand in a table of Markdown: no bar, on one line, in ASCII, and not too long.
    private static string Shown(string text)
    {
        var shown = string.Concat(text.Select(c => c is < ' ' or > '~' or '|' ? $"\\x{(int)c:X2}" : c.ToString()));
        return shown.Length <= 60 ? shown : $"{shown[..20]}… ({shown.Length} characters)";
    }
}
