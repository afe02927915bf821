using System.Net;
using System.Net.Sockets;
using Meridian.Addresses;
using Meridian.Dns.Answering;
using Meridian.Dns.Limiting;
using Meridian.Dns.Logging;
using Meridian.Dns.Serving;
using Meridian.Dns.Sockets;
using Microsoft.Extensions.Logging;

namespace Meridian.Running;

/// <summary>Where a node answers DNS: its sockets, limits, cookies and query log.</summary>
internal sealed partial class DnsDoor : IAsyncDisposable
{
    private readonly NodeOptions _options;
    private readonly ZoneHolder _zones;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly NodeCookies _cookies;
    private readonly TcpLimits _limits = new();
    private readonly Responder _responder;
    private QueryLog? _queryLog;
    private DnsServer? _server;

    public DnsDoor(NodeOptions options, ZoneHolder zones, IZoneChanges changes, NodeCookies cookies, TimeProvider time,
        ILogger log)
    {
        (_options, _zones, _cookies, _time, _log) = (options, zones, cookies, time, log);
        Limiter = options.RateLimit == 0 ? null : new RateLimiter(new RateLimit
        {
            PerSecond = options.RateLimit,
            Exempt = [NetworkText.Parse("127.0.0.0/8"), NetworkText.Parse("::1/128")],
        }, (ulong)Random.Shared.NextInt64());
        _responder = new Responder(new ResponderOptions
        {
            DefersSlowMessages = true,
            Cookies = _cookies.Jar,
            TcpIdleTimeout = _limits.IdleTimeout,
            Nsid = options.Name,
            Version = options.Chaos ? $"meridian {typeof(Node).Assembly.GetName().Version?.ToString(3)}" : null,
            ServerId = options.Chaos ? options.Name : null,
        });
        Messages = new MessageService(_responder, zones, changes, time, message => Message(log, message));
    }

    /// <summary>Limits responses over UDP; null for no limit.</summary>
    public RateLimiter? Limiter { get; }

    /// <summary>Answers whole messages that came by other ways than the DNS sockets.</summary>
    public MessageService Messages { get; }

    /// <summary>Where it answers, once it is open.</summary>
    public IReadOnlyList<IPEndPoint> EndPoints => [.. _server?.EndPoints ?? []];

    /// <summary>Counts of every way that queries come in by.</summary>
    public IEnumerable<DnsCounters> Counters =>
        _options.DnsHttps.IsEmpty ? _server?.Counters ?? [] : [.. _server?.Counters ?? [], Messages.HttpsCounters];

    /// <summary>Messages over UDP that found no room to wait for an answer that takes longer.</summary>
    public long DroppedDeferred => _server?.DroppedDeferred ?? 0;

    public int TcpConnections => _server?.TcpConnections ?? 0;

    /// <summary>Signatures that are kept.</summary>
    public int Signatures => _zones.Current.Zones.Sum(z => z.Signer?.Count ?? 0);

    /// <summary>Opens the sockets. Zones are in force by then, so that nobody is refused for a moment.</summary>
    /// <exception cref="StartException">It cannot listen, or not write the query log.</exception>
    public void Open()
    {
        _queryLog = OpenQueryLog();
        try
        {
            _server = DnsServer.Start(_options.Dns, _responder, _zones, new DnsServerOptions
            {
                Messages = Messages,
                Fault = fault => DatagramFault(_log, fault),
                Tcp = _limits,
                Limiter = Limiter,
                QueryLog = _queryLog,
                Tls = _options.DnsTls,
                Certificate = _options.DnsCertificate,
            }, _time);
        }
        catch (SocketException e)
        {
            var (tls, option) = _options.DnsTls.IsEmpty ? ("", "")
                : ($" and over TLS on {string.Join(", ", _options.DnsTls)}", " or --dns-tls");
            throw new StartException($"cannot listen for DNS on {string.Join(", ", _options.Dns)}{tls}: {e.Message}; "
                + $"choose another address with --dns{option}");
        }
    }

    /// <inheritdoc cref="NodeCookies.Refresh"/>
    public string? CheckCookies() => _cookies.Refresh();

    /// <summary>Whether lines of the query log do not reach its disk.</summary>
    public bool IsQueryLogStalled => _queryLog?.IsStalled is true;

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
        Messages.Dispose();
        if (_queryLog is not null)
            await _queryLog.DisposeAsync();
    }

    private QueryLog? OpenQueryLog()
    {
        if (_options.QueryLog is null)
            return null;
        return new QueryLog(QueryLogFile.Open(_options.QueryLog), _options.QueryLogSample,
            fault => Fault(_log, fault), _time);
    }

    [LoggerMessage(EventId = 109, Level = LogLevel.Information, Message = "{What}")]
    private static partial void Message(ILogger logger, string what);

    [LoggerMessage(EventId = 110, Level = LogLevel.Error, Message = "a datagram met a fault and was not answered")]
    private static partial void DatagramFault(ILogger logger, Exception fault);

    [LoggerMessage(EventId = 103, Level = LogLevel.Error, Message = "{What}")]
    private static partial void Fault(ILogger logger, string what);
}
