using Waxwing.Cli;

// Elsewhere UTF-8 is the default, and asking costs start-up time.
if (OperatingSystem.IsWindows())
    Console.OutputEncoding = System.Text.Encoding.UTF8;
return CommandLine.Run(args, Console.Out, Console.Error);
