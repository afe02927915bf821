using Meridian.Kubernetes.Identity;
using Meridian.Management;
using Meridian.Model;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Meridian.Tests.Management;

public sealed class ManagementGuardTests
{
    [Theory]
    [InlineData("POST", "https://evil.example", false)]
    [InlineData("POST", "http://localhost:9999", false)]
    [InlineData("POST", "null", false)]
    [InlineData("DELETE", "https://evil.example", false)]
    [InlineData("POST", "http://localhost:8053", true)]
    [InlineData("POST", "", true)]
    [InlineData("GET", "https://evil.example", true)]
    public async Task A_page_of_another_site_changes_nothing(string method, string origin, bool allowed)
    {
        var options = new ManagementOptions();
        var guard = new ManagementGuard(new ManagementParts(null!, () => ResourceSet.Empty, _ => null, _ => { }),
            options, new TokenVerifier(TimeProvider.System), NullLogger<ManagementGuard>.Instance);
        await using var services = new ServiceCollection().AddLogging().BuildServiceProvider();
        var context = new DefaultHttpContext { RequestServices = services };
        (context.Request.Method, context.Request.Scheme) = (method, "http");
        context.Request.Host = new HostString("localhost", 8053);
        context.Request.Path = "/api/v1/tunnels/hanoi/enrollment";
        if (origin.Length > 0)
            context.Request.Headers.Origin = origin;
        var reached = false;

        await guard.InvokeAsync(context, _ =>
        {
            reached = true;
            return Task.CompletedTask;
        });

        Assert.Equal((allowed, allowed ? 200 : 403), (reached, context.Response.StatusCode));
    }
}
