using Meridian.Addresses;

namespace Meridian.Health.Probes;

/// <summary>Describes for people why a probe failed.</summary>
internal static class FailureText
{
    public static string Of(Exception exception)
    {
        for (var e = exception; e is not null; e = e.InnerException)
        {
            if (e is TlsRefusedException or ConnectFailedException)
                return e.Message;
        }

        return ErrorText.Of(exception);
    }
}
