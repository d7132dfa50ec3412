import ArgumentParser
@main struct Yizhan: ParsableCommand { func run() {} }
