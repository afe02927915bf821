using System.Net;
using System.Text;
using System.Text.Json;
using Meridian.Api.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Meridian.Api.Tests.Support;

/// <summary>The API over a fake node, served over HTTP on loopback.</summary>
internal sealed class ApiServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ApiServer(WebApplication app, FakeNode node)
    {
        _app = app;
        Node = node;
        Http = new HttpClient { BaseAddress = Uri };
    }

    public FakeNode Node { get; }

    /// <summary>Who asks, as a guard in front would have found out; null for nobody.</summary>
    public Caller? Caller { get; set; }

    public Uri Uri => new(_app.Urls.Single());

    public HttpClient Http { get; }

    public static async Task<ApiServer> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRouting();
        builder.Services.ConfigureHttpJsonOptions(json => ApiJson.Apply(json.SerializerOptions));
        builder.Services.AddProblemDetails();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        ApiServer? server = null;
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        app.Use((context, next) =>
        {
            if (server!.Caller is { } caller)
                context.Features.Set(caller);
            return next(context);
        });
        var node = new FakeNode();
        app.MapManagementApi(node.Contracts, new FakeTimeProvider(FakeNode.Start));
        await app.StartAsync();
        return server = new ApiServer(app, node);
    }

    public ManagementClient Client() => new(Uri, null);

    public async Task<(int Status, string Text)> GetAsync(string path)
    {
        using var response = await Http.GetAsync(path);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    /// <summary>Sends a body, and gives the status with the problem's detail or the text.</summary>
    public async Task<(int Status, string Text)> PostAsync(string path, string body,
        string contentType = "application/json")
    {
        using var content = new StringContent(body, Encoding.UTF8, contentType);
        using var response = await Http.PostAsync(path, content);
        return ((int)response.StatusCode, await DetailAsync(response));
    }

    public static async Task<string> DetailAsync(HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync();
        if (response.IsSuccessStatusCode)
            return text;
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        using var problem = JsonDocument.Parse(text);
        Assert.Equal((int)response.StatusCode, problem.RootElement.GetProperty("status").GetInt32());
        return problem.RootElement.TryGetProperty("detail", out var detail) ? detail.GetString()! : "";
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.DisposeAsync();
    }
}
