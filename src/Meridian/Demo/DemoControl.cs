using System.Net;
using Meridian.Addresses;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Meridian.Demo;

/// <summary>The switches of the demo, over HTTP: <c>curl -X POST http://…/sites/hanoi/refuse</c>.</summary>
internal static class DemoControl
{
    public static async Task<WebApplication> StartAsync(DemoWorld world)
    {
        var sites = world.Sites;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, world.ControlPort));
        var app = builder.Build();
        app.MapGet("/sites", () => Results.Text(string.Concat(sites.Select(s => Line(world, s)))));
        app.MapPost("/sites/{name}/{mode}", async (string name, string mode) =>
        {
            var site = sites.FirstOrDefault(s => s.Name == name);
            if (site is null || !EnumText.TryParse<SiteMode>(mode, out var parsed))
            {
                return Results.Text($"sites: {string.Join(", ", sites.Select(s => s.Name))}; " +
                    $"modes: {string.Join(", ", Enum.GetNames<SiteMode>().Select(m => m.ToLowerInvariant()))}\n",
                    statusCode: StatusCodes.Status404NotFound);
            }

            await world.SwitchAsync(site, parsed);
            return Results.Text(Line(world, site));
        });
        app.MapPost("/nodes/{name}/{way}", (string name, string way) =>
        {
            var (node, link) = world.Nodes.FirstOrDefault(n => n.Node.Options.Name == name);
            if (node is null || way is not ("cut" or "join"))
            {
                return Results.Text($"nodes: {string.Join(", ", world.Nodes.Select(n => n.Node.Options.Name))}; "
                    + "ways: cut, join\n", statusCode: StatusCodes.Status404NotFound);
            }

            link.IsCut = way == "cut";
            return Results.Text($"{name} is {(link.IsCut ? "cut off from" : "joined to")} the store\n");
        });
        await app.StartAsync();
        return app;
    }

    private static string Line(DemoWorld world, DemoSite site) =>
        $"{site.Name} at {site.EndPoint}: {world.ModeOf(site).ToString().ToLowerInvariant()}\n";
}
