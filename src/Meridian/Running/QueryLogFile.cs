using Meridian.Files;

namespace Meridian.Running;

/// <summary>The file of <c>--query-log</c>.</summary>
internal static class QueryLogFile
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    /// <exception cref="StartException">It cannot be opened.</exception>
    public static FileStream Open(string path) => Open(path, Limit);

    /// <param name="path">The file.</param>
    /// <param name="limit">How long that may take: to open a pipe that nobody reads waits for ever.</param>
    internal static FileStream Open(string path, TimeSpan limit)
    {
        try
        {
            var opening = Task.Run(() => OpenFile(path));
            return opening.Wait(limit) ? opening.Result
                : throw new StartException($"the query log {path} cannot be opened within {limit.TotalSeconds:0.#} s: "
                    + "it is a pipe that nobody reads, or its disk does not answer");
        }
        catch (AggregateException e) when (e.InnerException is (IOException or UnauthorizedAccessException) and var why)
        {
            throw new StartException($"the query log {path} cannot be opened: {why.Message}");
        }
    }

    private static FileStream OpenFile(string path)
    {
        // It says who asked for what: not everybody may read that.
        var how = NewFile.Options(FileMode.Append, NewFile.ForGroup);
        how.Share = FileShare.ReadWrite | FileShare.Delete;
        return new FileStream(path, how);
    }
}
