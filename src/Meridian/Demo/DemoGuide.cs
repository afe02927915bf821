using Meridian.CommandLine;
using Spectre.Console;

namespace Meridian.Demo;

/// <summary>What the demo prints: what there is, and what to try.</summary>
internal static class DemoGuide
{
    public static void Print(IAnsiConsole console, DemoWorld world)
    {
        var api = $"http://127.0.0.1:{world.ManagementPort}";
        var gateway = $"http://127.0.0.1:{world.GatewayPort}";
        var kokoro = $"curl -i {gateway}/ -H 'Host: kokoro.demo.test' -H 'X-Forwarded-For:";
        var server = world.ManagementPort == 8053 ? "" : $" --server {api}";
        var dig = $"dig @127.0.0.1 -p {world.DnsPort} +noall +answer";
        console.WriteLine();
        console.MarkupLine("[bold]Meridian demo[/]: three sites, one name");
        console.WriteLine();
        foreach (var site in world.Sites)
        {
            var place = world.Agent is not null && site == world.Sites[^1]
                ? $"behind a tunnel: agent {DemoAgent.Name} dials 127.0.0.1:{world.TunnelPort}"
                : $"http://{site.EndPoint}/";
            console.MarkupLine($"  [green]●[/] {site.Name,-10} {place}");
        }

        console.MarkupLine($"  [grey]DNS 127.0.0.1:{world.DnsPort}   gateway {gateway}   API {api}   "
            + $"metrics {api}/metrics[/]");
        foreach (var (node, _) in world.Nodes)
        {
            console.MarkupLine($"  [grey]{node.Options.Name} in {node.Options.Region}: DNS 127.0.0.1:{node.DnsPort}   "
                + $"API http://127.0.0.1:{node.ManagementPort}[/]");
        }

        Section("Ask as a client in Hanoi, Hong Kong, Frankfurt: each gets the nearest site");
        Try($"{dig} kokoro.demo.test +subnet=198.51.100.0/24");
        Try($"{dig} kokoro.demo.test +subnet=203.0.113.0/24");
        Try($"{dig} kokoro.demo.test +subnet=192.0.2.0/24");
        Section("Weighted 50 / 30 / 20: ask a few times");
        Try($"{dig} shop.demo.test");
        Section("Through the gateway: one address, and no request fails while a site lives");
        Try($"{kokoro} 203.0.113.7'");
        Section("Kill Hanoi, ask again, bring it back (refuse, error, slow, reset, hang, ok)");
        Try($"curl -X POST http://127.0.0.1:{world.ControlPort}/sites/hanoi/refuse");
        Try($"curl -X POST http://127.0.0.1:{world.ControlPort}/sites/hanoi/ok");
        if (world.Agent is not null)
        {
            Section("Kill the agent of Frankfurt, ask as a client there, and start it again");
            Try($"curl -X POST http://127.0.0.1:{world.ControlPort}/sites/frankfurt/refuse");
            Try($"{kokoro} 192.0.2.7'");
            Try($"curl -X POST http://127.0.0.1:{world.ControlPort}/sites/frankfurt/ok");
            Try($"{ProgramName.Current} tunnel list{server}");
        }

        if (world.Nodes.Count > 0)
        {
            var last = world.Nodes[^1].Node;
            var there = $"--server http://127.0.0.1:{last.ManagementPort}";
            Section($"{world.Nodes.Count} nodes judge as one: what one is told holds at all");
            Try($"{ProgramName.Current} node list{server}");
            Try($"{ProgramName.Current} override set site/hanoi drain --reason trying{server}");
            Try($"dig @127.0.0.1 -p {last.DnsPort} +noall +answer kokoro.demo.test +subnet=198.51.100.0/24");
            Section($"Cut {last.Options.Name} off from the store: it answers on, and takes no overrides for all");
            Try($"curl -X POST http://127.0.0.1:{world.ControlPort}/nodes/{last.Options.Name}/cut");
            Try($"{ProgramName.Current} node list {there}");
            Try($"{ProgramName.Current} override clear site/hanoi {there}");
            Try($"curl -X POST http://127.0.0.1:{world.ControlPort}/nodes/{last.Options.Name}/join");
            Try($"{ProgramName.Current} override clear site/hanoi {there}");
        }

        Section("See what it knows and why it answers so, in another terminal");
        Try($"{ProgramName.Current} status --watch{server}");
        Try($"{ProgramName.Current} explain kokoro.demo.test --client 203.0.113.7{server}");
        Section("Be the client: one request a second, both ways, with every outage timed");
        Try($"{ProgramName.Current} drill --url http://kokoro.demo.test:{world.SitePort}/ "
            + $"--resolver 127.0.0.1:{world.DnsPort} --via dns,gateway --gateway 127.0.0.1:{world.GatewayPort} "
            + "--checks 60 --report drill.html");
        console.WriteLine();
        console.MarkupLine($"[grey]Its configuration is {Markup.Escape(world.ConfigurationFile)}: an edit is applied "
            + "at once. Ctrl-C ends the demo.[/]");
        console.WriteLine();

        void Section(string text)
        {
            console.WriteLine();
            console.MarkupLine($"[yellow]{Markup.Escape(text)}[/]");
        }

        void Try(string text) => console.MarkupLine($"  [grey]$[/] [bold]{Markup.Escape(text)}[/]");
    }
}
